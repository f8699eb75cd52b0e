/** Tests of this package. */
@NullMarked
package dev.holdfast.weave;

import org.jspecify.annotations.NullMarked;
