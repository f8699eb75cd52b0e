@NullMarked
package dev.holdfast.client.apache5;

import org.jspecify.annotations.NullMarked;
