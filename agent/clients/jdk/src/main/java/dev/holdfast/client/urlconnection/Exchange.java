package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Engine;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.instrumentation.AdapterContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.URL;
import org.jspecify.annotations.Nullable;

/**
 * The exchange behind one wrapper, through which every method of {@code HttpURLConnection} leads. What the application
 * sets goes into the {@link RequestRecorder}; what makes the JDK talk begins the {@link UrlCall}, or brings it to its
 * end.
 *
 * <p>Once the call is settled everything goes to the connection of the attempt that settled it, oddities included: what
 * it remembers, it has remembered by itself. Only what the settling entry itself would have thrown is thrown from here,
 * since the JDK wraps a remembered exception anew when it is asked again.
 */
final class Exchange {
    private final RequestRecorder requestRecorder;
    private final UrlCall call;

    Exchange(
            Engine engine,
            PolicyTarget target,
            HttpURLConnection delegate,
            URL url,
            @Nullable Proxy proxy,
            AdapterContext context) {
        this.requestRecorder = new RequestRecorder(url, proxy, context.errorReporter());
        this.call = new UrlCall(engine, target, delegate, requestRecorder, context);
    }

    /** Set once, by the front's constructor. */
    void setFront(ConnectionWrapper made) {
        requestRecorder.setFront(made);
    }

    /** The JDK's connection of the current attempt, or one that shows a fallback's answer. */
    HttpURLConnection delegate() {
        return call.attempt().connection();
    }

    // ---- what the application sets

    /** Sets something that cannot be refused by a {@link ProtocolException}. */
    void setFreely(ConnectionSetting connectionSetting) {
        try {
            requestRecorder.set(delegate(), connectionSetting);
        } catch (ProtocolException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A header was set, in place of others of its name, or added to them. */
    void noteHeader(@Nullable String name, @Nullable String value, boolean added) {
        requestRecorder.noteHeader(name, value, added);
    }

    /** An authenticator was set for this connection. */
    void noteAuthenticator() {
        requestRecorder.noteAuthenticator();
    }

    /**
     * A streaming mode was set.
     *
     * @param length how many bytes the body is to have, -1 if that is not known
     */
    void noteStreaming(long length) {
        requestRecorder.noteStreaming(length);
    }

    void setRequestMethod(String method) throws ProtocolException {
        requestRecorder.setRequestMethod(delegate(), method);
    }

    String requestMethod() {
        HttpURLConnection current = delegate();
        try {
            requestRecorder.syncMethod(current);
            return current.getRequestMethod();
        } catch (ProtocolException e) {
            return requestRecorder.methodOfFront(); // refused where it would be sent
        }
    }

    void setConnectTimeout(int millis) {
        requestRecorder.setConnectTimeout(delegate(), millis);
    }

    void setReadTimeout(int millis) {
        requestRecorder.setReadTimeout(delegate(), millis);
    }

    int connectTimeout() {
        return requestRecorder.timeouts().connect(delegate());
    }

    int readTimeout() {
        return delegate().getReadTimeout();
    }

    // ---- what makes the JDK talk

    void connect() throws IOException {
        call.establish(HttpURLConnection::connect);
    }

    OutputStream outputStream() throws IOException {
        Upload upload = requestRecorder.upload();
        if (upload != null) {
            OutputStream stream = delegate().getOutputStream(); // for what the JDK says about it
            OutputStream ours = upload.stream();
            return ours == null ? stream : ours;
        }
        OutputStream opened;
        if (call.isSettled()) {
            opened = delegate().getOutputStream();
            if (!(delegate() instanceof SyntheticConnection made && made.isPending())) {
                return opened;
            }
        } else {
            opened = establishedStream();
        }
        Upload made = call.upload(opened);
        requestRecorder.setUpload(made);
        OutputStream ours = made.stream();
        return ours == null ? opened : ours;
    }

    private OutputStream establishedStream() throws IOException {
        OutputStream[] opened = new OutputStream[1];
        try {
            call.establish(c -> opened[0] = c.getOutputStream());
        } catch (ProtocolException e) {
            if (delegate().getDoOutput()) {
                requestRecorder.noteBodyRefused();
            }
            throw e;
        }
        return opened[0] == null ? delegate().getOutputStream() : opened[0]; // null: a fallback has answered
    }

    InputStream inputStream() throws IOException {
        settle();
        InputStream stream = delegate().getInputStream();
        InputStream ours = call.attempt().replacementOf(stream);
        return ours == null ? call.watched(stream) : ours;
    }

    @Nullable
    InputStream errorStream() {
        InputStream stream = delegate().getErrorStream();
        InputStream ours = call.attempt().replacementOf(stream);
        return ours == null ? stream : ours;
    }

    int responseCode() throws IOException {
        boolean here = call.settle();
        failIfEnded();
        return here ? codeAtTheEnd() : delegate().getResponseCode();
    }

    @Nullable
    String responseMessage() throws IOException {
        boolean here = call.settle();
        failIfEnded();
        if (here && codeAtTheEnd() < 0 && !call.attempt().isAsked()) {
            return null;
        }
        return delegate().getResponseMessage();
    }

    /**
     * The status, for the entry that has brought the call to its end: what was thrown counts, as the JDK has it, only
     * where there is no first line at all, be it one of HTTP or not. A connection that was not asked for its response
     * is asked by that as often as the JDK itself would ask it, and not more.
     */
    private int codeAtTheEnd() throws IOException {
        HttpURLConnection current = delegate();
        Attempt attempt = call.attempt();
        if (attempt.error() == null) {
            return current.getResponseCode();
        }
        String line = current.getHeaderField(0);
        if (line == null) {
            call.throwRaised();
        }
        boolean known = attempt.isAsked() || attempt.knownStatus() >= 0 || (line != null && line.startsWith("HTTP/1."));
        return known ? current.getResponseCode() : -1;
    }

    /**
     * Settles the call for methods that return a part of the head and swallow exceptions.
     *
     * @return the connection to ask, null: there is no head
     */
    @Nullable
    HttpURLConnection head() {
        try {
            if (call.settle()) {
                if (call.attempt().error() instanceof RuntimeException e) {
                    throw e;
                }
                if (!call.attempt().isAsked()) {
                    return null; // it failed before it was asked for a response, and would now be sent again
                }
            }
        } catch (IOException e) {
            // The wait was interrupted: remembered, and said by the entries that may throw.
        }
        return call.ended() == null ? delegate() : null;
    }

    /** Settles the call for {@code getContent}, which begins with the stream. */
    HttpURLConnection content() throws IOException {
        settle();
        if (call.usesCache() && !hasOwnBody()) {
            InputStream unused = inputStream(); // made from our stream, it is recorded
        }
        return delegate();
    }

    /** Returns whether the application reads a stream of ours: then the content is to be made from that. */
    boolean hasOwnBody() {
        return call.attempt().hasOwnBody();
    }

    /** See {@link UrlCall#disconnect}. */
    void disconnect() {
        call.disconnect();
    }

    /**
     * Runs the call to its end, and throws what that is, if it is an exception of this very entry's, or of Holdfast's
     * own.
     */
    private void settle() throws IOException {
        if (call.settle()) {
            call.throwRaised();
        }
        failIfEnded();
    }

    private void failIfEnded() throws IOException {
        IOException how = call.ended();
        if (how != null) {
            throw how;
        }
    }
}
