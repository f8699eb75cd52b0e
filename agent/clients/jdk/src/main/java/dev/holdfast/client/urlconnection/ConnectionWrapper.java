package dev.holdfast.client.urlconnection;

import java.net.HttpURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * The common part of the two wrappers, which cannot have a common superclass of ours: both delegate to one
 * {@link Exchange}.
 */
interface ConnectionWrapper {
    /** The JDK's connection of the current attempt, or one that shows a fallback's answer. */
    HttpURLConnection delegate();

    /**
     * The protected field {@code method}: client libraries set it by reflection, for methods such as PATCH that
     * {@code setRequestMethod} refuses.
     */
    String methodField();

    /** Keeps the protected fields as a subclass of the JDK's would have them. */
    void show(boolean connected, int responseCode, @Nullable String responseMessage);
}
