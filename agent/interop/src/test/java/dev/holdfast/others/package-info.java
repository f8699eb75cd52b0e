/** Tests programs whose JVM has another agent, too: {@code mvn -Pinterop}, see CONTRIBUTING.md. */
@NullMarked
package dev.holdfast.others;

import org.jspecify.annotations.NullMarked;
