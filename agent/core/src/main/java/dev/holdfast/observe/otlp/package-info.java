/** The push of meters to a receiver of OTLP. Nothing of it is loaded where no configuration asks for it. */
@NullMarked
package dev.holdfast.observe.otlp;

import org.jspecify.annotations.NullMarked;
