/** What would become of a call, acted out by the product's own session in a time that passes by itself. */
@NullMarked
package dev.holdfast.simulation;

import org.jspecify.annotations.NullMarked;
