/** One call as a state machine without I/O, and the engine that knows the policies and starts calls. */
@NullMarked
package dev.holdfast.call;

import org.jspecify.annotations.NullMarked;
