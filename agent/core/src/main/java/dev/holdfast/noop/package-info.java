/**
 * A replacement of {@code java.util.logging} for protobuf, whose first use would start the application's log manager
 * before the application does: when the jar is packed, that package's name in protobuf's classes is replaced by this
 * one's, which is as long.
 */
@NullMarked
package dev.holdfast.noop;

import org.jspecify.annotations.NullMarked;
