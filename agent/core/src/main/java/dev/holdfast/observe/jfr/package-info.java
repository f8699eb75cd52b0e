/** Records events for the JDK's Flight Recorder. Not loaded before somebody records, nor where the JDK has none. */
@NullMarked
package dev.holdfast.observe.jfr;

import org.jspecify.annotations.NullMarked;
