/** The composition root: builds everything else and shuts it down. */
@NullMarked
package dev.holdfast.runtime;

import org.jspecify.annotations.NullMarked;
