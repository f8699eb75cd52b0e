/** Ten thousand calls with retries leave nothing behind: no connection, thread, file descriptor or memory. */
@NullMarked
package dev.holdfast.leak;

import org.jspecify.annotations.NullMarked;
