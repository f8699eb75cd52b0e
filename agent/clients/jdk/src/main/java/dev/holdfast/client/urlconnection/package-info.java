/** The adapter for {@code java.net.HttpURLConnection} and {@code HttpsURLConnection}. */
@NullMarked
package dev.holdfast.client.urlconnection;

import org.jspecify.annotations.NullMarked;
