// Command payroll is payroll's infrastructure.
package main

import (
	"fmt"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		workers := config.New(ctx, "").RequireInt("workers")
		names := make(pulumi.StringArray, 0, workers)
		for index := range workers {
			// A name for each worker; they stand for the machines of a real program.
			pet, err := random.NewRandomPet(ctx, fmt.Sprintf("worker-%d", index), &random.RandomPetArgs{
				Length: pulumi.Int(2),
			})
			if err != nil {
				return err
			}
			names = append(names, pet.ID().ToStringOutput())
		}
		ctx.Export("workers", names)
		return nil
	})
}
