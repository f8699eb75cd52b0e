/** The adapter for {@code java.net.http.HttpClient}. */
@NullMarked
package dev.holdfast.client.jdkhttp;

import org.jspecify.annotations.NullMarked;
