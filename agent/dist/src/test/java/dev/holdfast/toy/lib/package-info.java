/** The toy library, as its users see it. Packed under the root package com.example.toylib, or another one. */
@NullMarked
package dev.holdfast.toy.lib;

import org.jspecify.annotations.NullMarked;
