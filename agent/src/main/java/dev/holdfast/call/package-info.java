/** One call as a state machine without I/O, and the two drivers (blocking and async) that carry it out. */
@NullMarked
package dev.holdfast.call;

import org.jspecify.annotations.NullMarked;
