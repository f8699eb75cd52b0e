/** Tests of the adapter for {@code java.net.http}, which call its hook directly. */
@org.jspecify.annotations.NullMarked
package dev.holdfast.client.jdkhttp;
