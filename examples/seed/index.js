"use strict";

const pulumi = require("@pulumi/pulumi");
const random = require("@pulumi/random");

const config = new pulumi.Config();

// Stands for whatever your program makes.
const name = new random.RandomPet("name", { length: config.requireNumber("length") });

exports.name = name.id;
