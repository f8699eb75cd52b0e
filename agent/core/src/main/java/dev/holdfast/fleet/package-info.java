/**
 * The state that several JVMs share by way of a store: a client that never delays or fails a call, and the encryption
 * of what is kept there.
 */
@NullMarked
package dev.holdfast.fleet;

import org.jspecify.annotations.NullMarked;
