package served

import (
	"io"
	"net/http"
	"time"
)

// A Client keeps one connection.
type Client struct{ http http.Client }

// requestTimeout ends a request that is never answered.
const requestTimeout = 30 * time.Second

// NewClient returns a Client, which has no connection yet.
func NewClient() *Client {
	return &Client{http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: requestTimeout}}
}

// Get returns the status of an answer, and all that it says.
func (c *Client) Get(url string) (status int, body []byte, err error) {
	response, err := c.http.Get(url)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// Close closes the connection.
func (c *Client) Close() { c.http.CloseIdleConnections() }
