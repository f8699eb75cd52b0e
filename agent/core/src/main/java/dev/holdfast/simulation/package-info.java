/** Simulates calls: the product's own session decides, in simulated time. */
@NullMarked
package dev.holdfast.simulation;

import org.jspecify.annotations.NullMarked;
