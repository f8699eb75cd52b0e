/** Tests of this package. */
@NullMarked
package dev.holdfast.launch;

import org.jspecify.annotations.NullMarked;
