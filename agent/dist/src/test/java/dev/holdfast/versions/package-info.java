/** Tries the versions of libraries that the adapters are made for. */
@NullMarked
package dev.holdfast.versions;

import org.jspecify.annotations.NullMarked;
