package latency

import (
	"encoding/json"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

type encoded struct {
	Counts []byte        `json:"counts"` // HdrHistogram's encoding, version 2
	Worst  time.Duration `json:"worst_ns"`
	Sum    time.Duration `json:"sum_ns"`
}

// MarshalJSON encodes the whole histogram, for another process to Merge.
func (h *Histogram) MarshalJSON() ([]byte, error) {
	counts, err := h.counts.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return nil, err
	}
	return json.Marshal(encoded{counts, h.worst, h.sum})
}

// UnmarshalJSON decodes what MarshalJSON has encoded.
func (h *Histogram) UnmarshalJSON(text []byte) error {
	var e encoded
	if err := json.Unmarshal(text, &e); err != nil {
		return err
	}
	counts, err := hdrhistogram.Decode(e.Counts)
	if err != nil {
		return err
	}
	h.counts, h.worst, h.sum = counts, e.Worst, e.Sum
	return nil
}
