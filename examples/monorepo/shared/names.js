"use strict";

/** What the names of a stack's resources begin with. */
exports.prefix = (stack) => `payments-${stack}`;
