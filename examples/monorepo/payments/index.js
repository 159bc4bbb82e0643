"use strict";

const pulumi = require("@pulumi/pulumi");
const random = require("@pulumi/random");
const { prefix } = require("../shared/names");

const config = new pulumi.Config();

// Stands for the payment service of a real program.
const service = new random.RandomPet("service", {
    length: config.requireNumber("words"),
    prefix: prefix(pulumi.getStack()),
});

exports.service = service.id;
