/** Holdfast seen from outside: counts, and what they look like at one moment; the log; events. */
@NullMarked
package dev.holdfast.observe;

import org.jspecify.annotations.NullMarked;
