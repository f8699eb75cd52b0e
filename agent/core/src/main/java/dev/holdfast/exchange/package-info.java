/**
 * The course of a call between the clients and {@code call} and {@code fallback}: what every client needs and none may
 * do in its own way. A new client offers, on one object or several:
 *
 * <ul>
 *   <li>{@link dev.holdfast.exchange.BlockingExchange.Transport}, or its asynchronous twin
 *       {@link dev.holdfast.exchange.AsyncExchange.Transport}: sends an attempt and keeps its result; the session is
 *       told through {@link dev.holdfast.exchange.FailOpenSession}, once for each attempt;
 *   <li>{@link dev.holdfast.exchange.HedgedAttempt.Transport}: sends a second attempt and cancels the one that lost;
 *   <li>{@link dev.holdfast.exchange.FallbackHandler.Transport}: describes the request, sends it to an alternate origin
 *       ({@link dev.holdfast.exchange.AlternateOriginCall}), and says who asks, for the cache;
 *   <li>{@link dev.holdfast.exchange.ResponseHead}: the head of its response; a body that it reads as a stream is
 *       watched, held back and recorded by {@link dev.holdfast.exchange.ResponseStreams},
 *       {@link dev.holdfast.exchange.RecordedResponseStream} and {@link dev.holdfast.exchange.RecordedRequestStream};
 *   <li>its own kinds of failures, before those of {@link dev.holdfast.exchange.FailureClassifier}.
 * </ul>
 *
 * <p>A library whose request is sent as a whole, and whose response has a body that is a stream, offers one thing
 * instead: a {@link dev.holdfast.exchange.LibraryTransport}, which {@link dev.holdfast.exchange.BlockingLibraryCall}
 * drives.
 *
 * <p>The seam: {@code HttpURLConnection} may be opened, and its body written, long before the application asks for the
 * response. Its call therefore runs the loop from one attempt to the next only ({@code BlockingExchange.next}), and
 * keeps the attempt between two entries of the application itself.
 */
@NullMarked
package dev.holdfast.exchange;

import org.jspecify.annotations.NullMarked;
