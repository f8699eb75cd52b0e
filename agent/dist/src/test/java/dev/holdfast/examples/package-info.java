/** The files of {@code config-examples/}, run for what they promise. */
@NullMarked
package dev.holdfast.examples;

import org.jspecify.annotations.NullMarked;
