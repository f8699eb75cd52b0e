/** Tests of Apache HttpClient 4 with the packed agent. */
@NullMarked
package dev.holdfast.client.apache4;

import org.jspecify.annotations.NullMarked;
