package chart

import "image/color"

// hues are told apart by most eyes.
var hues = []color.RGBA{
	{0x00, 0x72, 0xb2, 0xff}, {0xd5, 0x5e, 0x00, 0xff}, {0x00, 0x9e, 0x73, 0xff}, {0xcc, 0x79, 0xa7, 0xff},
	{0xb8, 0x86, 0x00, 0xff}, {0x3f, 0xa0, 0xe0, 0xff}, {0x00, 0x00, 0x00, 0xff}, {0x8b, 0x5a, 0x2b, 0xff},
}

// Hue returns the colour of the i-th of some lines, and whether it is dashed,
// since there are more lines than colours.
func Hue(i int) (c color.Color, dashed bool) { return hues[i%len(hues)], i/len(hues)%2 == 1 }

// sideHue returns the colour of the i-th of n sides: red as it was, green as it
// is in the end.
func sideHue(i, n int) color.RGBA {
	switch i {
	case 0:
		return color.RGBA{0xc0, 0x39, 0x2b, 0xff}
	case n - 1:
		return color.RGBA{0x1e, 0x84, 0x49, 0xff}
	}
	return hues[(i-1)%len(hues)]
}

// pale returns c mixed with white.
func pale(c color.RGBA) color.RGBA {
	mix := func(v uint8) uint8 { return uint8(255 - (255-int(v))/4) }
	return color.RGBA{mix(c.R), mix(c.G), mix(c.B), 0xff}
}
