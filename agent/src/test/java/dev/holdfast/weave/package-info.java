/** Tests of the weaving, in JVMs of their own. */
@NullMarked
package dev.holdfast.weave;

import org.jspecify.annotations.NullMarked;
