/** Tests of the adapter for {@code HttpURLConnection} below what a program can bring about at will. */
@org.jspecify.annotations.NullMarked
package dev.holdfast.client.urlconnection;
