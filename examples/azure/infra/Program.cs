using Pulumi;
using Pulumi.Random;

return await Deployment.RunAsync(() =>
{
    var ledgers = new Config().RequireInt32("ledgers");

    // One name for each ledger; they stand for the databases of a real program.
    var names = Enumerable.Range(0, ledgers)
        .Select(index => new RandomPet($"ledger-{index}", new RandomPetArgs { Length = 2 }).Id)
        .ToArray();

    return new Dictionary<string, object?> { ["ledgers"] = Output.All(names) };
});
