@NullMarked
package dev.holdfast.client.apache4;

import org.jspecify.annotations.NullMarked;
