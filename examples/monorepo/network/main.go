// Command network is what every other project of the platform stands on.
package main

import (
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// Stands for the network of a real program.
		network, err := random.NewRandomPet(ctx, "network", &random.RandomPetArgs{
			Length: pulumi.Int(config.New(ctx, "").RequireInt("words")),
			Prefix: pulumi.String(ctx.Stack()),
		})
		if err != nil {
			return err
		}
		ctx.Export("network", network.ID())
		return nil
	})
}
