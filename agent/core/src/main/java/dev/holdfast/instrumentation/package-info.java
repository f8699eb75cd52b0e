/**
 * The interface through which a client is added to Holdfast: it declares itself by a
 * {@link dev.holdfast.instrumentation.ClientInstrumentation}, and its adapter receives what the woven code hands over.
 * Knows nothing of bytecode; {@code weave} implements it.
 */
@NullMarked
package dev.holdfast.instrumentation;

import org.jspecify.annotations.NullMarked;
