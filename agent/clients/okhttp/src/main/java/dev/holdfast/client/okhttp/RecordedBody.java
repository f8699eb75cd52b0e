package dev.holdfast.client.okhttp;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.exchange.RecordedRequestStream;
import dev.holdfast.policy.RetryPolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.BufferedSink;
import okio.ForwardingSink;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/**
 * A body of unknown kind, which is recorded, up to a limit, while it is written for the first time; later attempts
 * write the recording. The library may ask for it again within an attempt, as it would ask the original.
 */
final class RecordedBody extends RequestBody {
    /** The longest time that a body is written on after its connection broke. */
    private static final long LONGEST_WITHOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final RequestBody original;
    private final RetryPolicy limits;
    private final ReplayMemory memory;
    private volatile @Nullable RecordedRequestStream recording;
    private volatile boolean whole;
    /** The length that the library was told last: what is chunked at first is chunked again. */
    private volatile long length = -1;

    RecordedBody(RequestBody original, RetryPolicy limits, ReplayMemory memory) {
        this.original = original;
        this.limits = limits;
        this.memory = memory;
    }

    /** The body of the next attempt. */
    RequestBody toSend() {
        RecordedRequestStream made = recording;
        return made != null && isWhole() ? new Replay(original.contentType(), length, made) : this;
    }

    /** Returns whether it was written, and recorded to its end. */
    boolean isWhole() {
        RecordedRequestStream made = recording;
        return whole && made != null && made.isWhole();
    }

    /** Returns whether it was not asked for yet, or was recorded to its end. */
    boolean isReplayable() {
        return recording == null || isWhole();
    }

    /** Drops the recording. */
    void release() {
        RecordedRequestStream made = recording;
        if (made != null) {
            made.release();
        }
    }

    @Override
    public @Nullable MediaType contentType() {
        return original.contentType();
    }

    @Override
    public long contentLength() throws IOException {
        long now = original.contentLength();
        length = now;
        return now;
    }

    /** Asked by the versions that know of it. */
    @Override
    public boolean isOneShot() {
        return OptionalMethods.isOneShot(original);
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        release();
        whole = false;
        RecordedRequestStream made =
                new RecordedRequestStream(OutputStream.nullOutputStream(), limits, memory, -1, error -> {});
        recording = made;
        Copying copying = new Copying(sink, made);
        BufferedSink buffered = Okio.buffer(copying);
        original.writeTo(buffered);
        BufferedSink unused = buffered.emit();
        whole = true;
        copying.end();
    }

    /**
     * Copies what passes. Where the connection breaks, it goes on without it for a moment: what is still to come may be
     * at hand, and with it the next attempt has a whole body to send.
     */
    private static final class Copying extends ForwardingSink {
        private final RecordedRequestStream copy;
        private @Nullable IOException broken;
        private long since;

        Copying(BufferedSink to, RecordedRequestStream copy) {
            super(to);
            this.copy = copy;
        }

        @Override
        public void write(Buffer source, long byteCount) throws IOException {
            Buffer unused = source.copyTo(copy, 0, byteCount);
            long rest = source.size() - byteCount;
            if (broken == null) {
                try {
                    super.write(source, byteCount);
                } catch (IOException e) {
                    breaks(e);
                }
            }
            goOn();
            source.skip(source.size() - rest);
        }

        @Override
        public void flush() throws IOException {
            if (broken == null) {
                try {
                    super.flush();
                } catch (IOException e) {
                    breaks(e);
                }
            }
            goOn();
        }

        private void breaks(IOException how) {
            broken = how;
            since = System.nanoTime();
        }

        private void goOn() throws IOException {
            IOException how = broken;
            if (how != null && (!copy.isWhole() || System.nanoTime() - since > LONGEST_WITHOUT_NANOS)) {
                throw how;
            }
        }

        /** The body was written to its end. */
        void end() throws IOException {
            IOException how = broken;
            if (how != null) {
                throw how;
            }
        }
    }

    /** The body of a later attempt. */
    private static final class Replay extends RequestBody {
        private final @Nullable MediaType type;
        private final long length;
        private final RecordedRequestStream recording;

        Replay(@Nullable MediaType type, long length, RecordedRequestStream recording) {
            this.type = type;
            this.length = length;
            this.recording = recording;
        }

        @Override
        public @Nullable MediaType contentType() {
            return type;
        }

        @Override
        public long contentLength() {
            return length;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            recording.writeTo(sink.outputStream());
        }
    }
}
