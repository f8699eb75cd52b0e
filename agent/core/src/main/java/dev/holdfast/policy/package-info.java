/**
 * The pure rules: what may be retried, when, how often, and whom it concerns. No I/O, no threads, no clock but the one
 * handed in.
 */
@NullMarked
package dev.holdfast.policy;

import org.jspecify.annotations.NullMarked;
