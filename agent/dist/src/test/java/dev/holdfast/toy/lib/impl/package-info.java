/** The package that a module of the toy library does not export. */
@NullMarked
package dev.holdfast.toy.lib.impl;

import org.jspecify.annotations.NullMarked;
