package dev.holdfast.observe.jfr;

import jdk.jfr.Event;
import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;

/**
 * The fields of every event that concerns an origin under a policy. The JDK records what it inherits, unless that is
 * private.
 */
abstract class OriginEvent extends Event {
    @Label("Policy")
    @Nullable
    String policy;

    @Label("Origin")
    @Nullable
    String origin;
}
