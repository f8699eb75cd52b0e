@NullMarked
package dev.holdfast.client.okhttp;

import org.jspecify.annotations.NullMarked;
