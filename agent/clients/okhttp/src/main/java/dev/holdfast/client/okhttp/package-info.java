/**
 * OkHttp 3.0 to 5.x: its {@code execute} and {@code enqueue}. Compiled against the last version without Kotlin, whose
 * names all later ones have too; what older ones lack is asked for through
 * {@link dev.holdfast.client.okhttp.OptionalMethods}.
 */
@NullMarked
package dev.holdfast.client.okhttp;

import org.jspecify.annotations.NullMarked;
