/**
 * How a client is taught to Holdfast: a client declares itself by a
 * {@link dev.holdfast.instrumentation.ClientInstrumentation}, and its adapter receives what the woven code hands over.
 * Knows nothing of bytecode; {@code weave} implements it.
 */
@NullMarked
package dev.holdfast.instrumentation;

import org.jspecify.annotations.NullMarked;
