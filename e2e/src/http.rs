//! A small blocking HTTP/1.1 client over one TCP connection.
//!
//! Written here because the same client generates load, where its cost must stay far below the server's, and sends what a correct
//! client library refuses to send. Parsing of the head is `httparse`'s.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take before the exchange fails.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);
/// Header lines in one answer.
const HEADERS_MAX: usize = 64;

/// An answer, read wholly.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header lines in the order received.
    pub headers: Vec<(String, String)>,
    /// The body, freed of chunking.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header line of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as text, for messages.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One kept-alive connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    reusable: bool,
}

/// Where a head ends and what it says of the body.
struct Head {
    response: Response,
    length: usize,
    body: BodyLength,
}

enum BodyLength {
    Bytes(usize),
    Chunked,
    UntilClose,
}

impl Connection {
    /// Connects, without Nagle's delay.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        stream.set_write_timeout(Some(ANSWER_TIMEOUT))?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
            reusable: true,
        })
    }

    /// Whether another request may follow on this connection.
    pub fn is_reusable(&self) -> bool {
        self.reusable
    }

    /// Sends the bytes of a whole request and reads the answer to it. `to_head` tells that it has no body, as with HEAD.
    pub fn exchange(&mut self, request: &[u8], to_head: bool) -> io::Result<Response> {
        self.reusable = false;
        let written = self.stream.write_all(request);
        // A server may refuse a body before it has read it all: the answer is there although writing failed.
        let answer = self.read_answer(to_head);
        match (written, answer) {
            (_, Ok(answer)) => Ok(answer),
            (Err(error), Err(_)) | (Ok(()), Err(error)) => Err(error),
        }
    }

    fn read_answer(&mut self, to_head: bool) -> io::Result<Response> {
        self.buffer.clear();
        let mut head = self.read_head(to_head)?;
        while (100..200).contains(&head.response.status) {
            self.buffer.drain(..head.length);
            head = self.read_head(to_head)?;
        }
        let Head {
            mut response,
            length,
            body,
        } = head;
        let keep_alive = !response
            .header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"));
        match body {
            BodyLength::Bytes(count) => {
                let end = length + count;
                while self.buffer.len() < end {
                    self.fill()?;
                }
                response.body = self.buffer.get(length..end).unwrap_or_default().to_vec();
                self.reusable = keep_alive;
            }
            BodyLength::Chunked => {
                response.body = self.read_chunks(length)?;
                self.reusable = keep_alive;
            }
            BodyLength::UntilClose => {
                self.stream.read_to_end(&mut self.buffer)?;
                response.body = self.buffer.split_off(length);
            }
        }
        Ok(response)
    }

    fn read_head(&mut self, to_head: bool) -> io::Result<Head> {
        loop {
            if let Some(head) = parse_head(&self.buffer, to_head)? {
                return Ok(head);
            }
            self.fill()?;
        }
    }

    fn read_chunks(&mut self, start: usize) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        let mut at = start;
        loop {
            let rest = self.buffer.get(at..).unwrap_or_default();
            match httparse::parse_chunk_size(rest) {
                Err(_) => return Err(io::Error::new(ErrorKind::InvalidData, "malformed chunk size")),
                Ok(httparse::Status::Partial) => self.fill()?,
                Ok(httparse::Status::Complete((line, size))) => {
                    let begin = at + line;
                    let size = usize::try_from(size).map_err(|_| io::Error::from(ErrorKind::InvalidData))?;
                    // The chunk and the line end after it; the last, empty chunk is taken to have no trailers.
                    while self.buffer.len() < begin + size + 2 {
                        self.fill()?;
                    }
                    body.extend_from_slice(self.buffer.get(begin..begin + size).unwrap_or_default());
                    at = begin + size + 2;
                    if size == 0 {
                        return Ok(body);
                    }
                }
            }
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut part = [0_u8; 16 * 1024];
        let count = self.stream.read(&mut part)?;
        if count == 0 {
            return Err(io::Error::new(
                ErrorKind::UnexpectedEof,
                "the connection was closed before the answer was complete",
            ));
        }
        self.buffer.extend_from_slice(part.get(..count).unwrap_or_default());
        Ok(())
    }
}

fn parse_head(bytes: &[u8], to_head: bool) -> io::Result<Option<Head>> {
    let mut lines = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Response::new(&mut lines);
    let length = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(io::Error::new(ErrorKind::InvalidData, error)),
    };
    let headers: Vec<(String, String)> = parsed
        .headers
        .iter()
        .map(|line| (line.name.to_owned(), String::from_utf8_lossy(line.value).into_owned()))
        .collect();
    let response = Response {
        status: parsed.code.unwrap_or_default(),
        headers,
        body: Vec::new(),
    };
    let bodyless = to_head || matches!(response.status, 100..=199 | 204 | 304);
    let body = if bodyless {
        BodyLength::Bytes(0)
    } else if response
        .header("transfer-encoding")
        .is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
    {
        BodyLength::Chunked
    } else if let Some(value) = response.header("content-length") {
        BodyLength::Bytes(
            value
                .parse()
                .map_err(|_| io::Error::new(ErrorKind::InvalidData, "malformed Content-Length"))?,
        )
    } else {
        BodyLength::UntilClose
    };
    Ok(Some(Head { response, length, body }))
}

/// Renders a request: method, target, header lines, body. `Host` and, with a body, `Content-Length` are added.
pub fn render(method: &str, target: &str, host: &str, headers: &[(String, String)], body: Option<&[u8]>) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n");
    for (name, value) in headers {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(value);
        head.push_str("\r\n");
    }
    if let Some(body) = body {
        head.push_str("Content-Length: ");
        head.push_str(&body.len().to_string());
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body.unwrap_or_default());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_rendered_with_its_length() {
        let bytes = render("POST", "/a?b=c", "h:1", &[("X-Y".to_owned(), "z".to_owned())], Some(b"{}"));
        assert_eq!(
            bytes,
            b"POST /a?b=c HTTP/1.1\r\nHost: h:1\r\nX-Y: z\r\nContent-Length: 2\r\n\r\n{}"
        );
        assert!(render("GET", "/", "h", &[], None).ends_with(b"Host: h\r\n\r\n"));
    }

    #[test]
    fn answers_are_read_however_their_length_is_told() {
        for (answer, body) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc", "abc"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                "abc",
            ),
            ("HTTP/1.1 200 OK\r\n\r\nabc", "abc"),
            ("HTTP/1.1 204 No Content\r\ncontent-length: 3\r\n\r\n", ""),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx",
                "x",
            ),
        ] {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0_u8; 256];
                assert!(stream.read(&mut request).unwrap() > 0);
                stream.write_all(answer.as_bytes()).unwrap();
            });
            let response = Connection::open(address)
                .unwrap()
                .exchange(&render("GET", "/", "h", &[], None), false)
                .unwrap();
            assert_eq!(response.text(), body, "{answer}");
            server.join().unwrap();
        }
    }
}
