/**
 * Differential fuzzing on the wire: calls to servers whose answers are damaged at any byte, each made without a policy
 * and with one. Whatever the program sees with a policy has to be what it sees without, or what a permitted retry
 * explains.
 */
@NullMarked
package dev.holdfast.wire;

import org.jspecify.annotations.NullMarked;
