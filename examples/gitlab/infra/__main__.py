"""The order service's infrastructure."""

import pulumi
import pulumi_random as random

config = pulumi.Config()
queues = config.require_object("queues")

# One name for each queue; they stand for the queues of a real program.
names = {queue: random.RandomPet(queue, length=2, prefix=queue) for queue in queues}

pulumi.export("queues", {queue: name.id for queue, name in names.items()})
