/** What would become of a call, acted out by the product's own session in a time that passes by itself. */
@NullMarked
package dev.holdfast.observe.rehearsal;

import org.jspecify.annotations.NullMarked;
