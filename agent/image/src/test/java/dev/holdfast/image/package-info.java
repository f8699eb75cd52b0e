/** Tests of the container image, and of the manifests, the chart and the policies that bring it into pods. */
@NullMarked
package dev.holdfast.image;

import org.jspecify.annotations.NullMarked;
