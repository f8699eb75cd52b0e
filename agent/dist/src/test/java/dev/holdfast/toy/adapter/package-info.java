/** The toy library's declaration and its adapter. */
@NullMarked
package dev.holdfast.toy.adapter;

import org.jspecify.annotations.NullMarked;
