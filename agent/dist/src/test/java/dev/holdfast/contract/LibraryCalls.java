package dev.holdfast.contract;

import java.io.IOException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The blocking calls of a client library that programs bring along, with request bodies of one kind. */
interface LibraryCalls {
    /**
     * Makes a call, and reads the response to its end.
     *
     * @param trust the trust of the call; the library's own if null
     * @param start when the call began
     * @param cancel given, before the call is made, the program's own way to cancel it
     */
    CallResult exchange(Call call, @Nullable SSLContext trust, long start, Consumer<Runnable> cancel)
            throws IOException;
}
