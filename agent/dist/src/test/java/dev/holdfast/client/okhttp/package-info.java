/** OkHttp's calls through the packed agent: in all versions and copies, and what only this client has. */
@NullMarked
package dev.holdfast.client.okhttp;

import org.jspecify.annotations.NullMarked;
