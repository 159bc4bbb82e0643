import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

const config = new pulumi.Config();
const replicas = config.requireNumber("replicas");

// One name for each replica; they stand for the servers of a real program.
const names = Array.from({ length: replicas }, (_, index) => {
    return new random.RandomPet(`replica-${index}`, { length: 2, prefix: pulumi.getStack() });
});

export const replicaNames = names.map((name) => name.id);
