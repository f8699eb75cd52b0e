/** Where bytecode is touched, and the types through which woven code reaches a client adapter. */
@NullMarked
package dev.holdfast.weave;

import org.jspecify.annotations.NullMarked;
