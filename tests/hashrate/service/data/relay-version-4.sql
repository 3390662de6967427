BEGIN TRANSACTION;
CREATE TABLE followed (
	domain VARCHAR NOT NULL, 
	changes INTEGER NOT NULL, 
	number INTEGER, 
	hash VARCHAR NOT NULL, 
	timestamp INTEGER NOT NULL, 
	seen_at INTEGER NOT NULL, 
	history_block INTEGER NOT NULL, 
	PRIMARY KEY (domain)
);
INSERT INTO "followed" VALUES('31337:0xE9E9E9e9e9E9E9e9e9e9e9E9E9E9e9E9e9e9e9e9',4,100,'0xabababababababababababababababababababababababababababababababab',1713700000,1713700001,90);
CREATE TABLE holdings (
	domain VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	position VARCHAR NOT NULL, 
	quantity VARCHAR NOT NULL, 
	PRIMARY KEY (domain, account, position)
);
CREATE TABLE moves (
	domain VARCHAR NOT NULL, 
	block INTEGER NOT NULL, 
	log_index INTEGER NOT NULL, 
	part INTEGER NOT NULL, 
	giver VARCHAR NOT NULL, 
	taker VARCHAR NOT NULL, 
	position VARCHAR NOT NULL, 
	quantity VARCHAR NOT NULL, 
	PRIMARY KEY (domain, block, log_index, part)
);
CREATE TABLE orders (
	sequence INTEGER NOT NULL, 
	hash VARCHAR NOT NULL, 
	domain VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	document VARCHAR NOT NULL, 
	received_at INTEGER NOT NULL, 
	dropped_block INTEGER, 
	reason VARCHAR NOT NULL, 
	change INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	PRIMARY KEY (hash)
);
INSERT INTO "orders" VALUES(1,'0xcb55db2a27a5152fc8b535d1c3bfbc9e3cfa5096b66f25d1bfbabdd5e09eb591','31337:0xE9E9E9e9e9E9E9e9e9e9e9E9E9E9e9E9e9e9e9e9','forward','{"type":"hashrate-forwards-order","version":1,"chain_id":31337,"engine":"0xE9E9E9e9e9E9E9e9e9e9e9E9E9E9e9E9e9e9e9e9","order":{"maker":"0xAB935474B18B3eE73553a4CdeD038F8eF829b017","taker":"0x0000000000000000000000000000000000000000","is_buy":true,"price_ticks":"5000","quantity":"10","minimum_quantity":"1","max_collateral":"1000000000000","deadline":"2000000000","may_trade_in_window":false,"epoch":"0","salt":"1","series":["1319836"]},"signature":"0x5fcc92482231e26b840f53d33436092ecf4924ece63cd8b420ffe81951c60d9f520734d97070af753a9b805ac1518eecd44370cbc00adf5f675d21e2de70bca11b"}',0,NULL,'',1,'');
INSERT INTO "orders" VALUES(2,'0x28b7d036ec51a0057e83ab639a3c4537d0f860d695330302bfeb166c4a171941','31337:0xE9E9E9e9e9E9E9e9e9e9e9E9E9E9e9E9e9e9e9e9','forward','{"type":"hashrate-forwards-order","version":1,"chain_id":31337,"engine":"0xE9E9E9e9e9E9E9e9e9e9e9E9E9E9e9E9e9e9e9e9","order":{"maker":"0xAB935474B18B3eE73553a4CdeD038F8eF829b017","taker":"0x0000000000000000000000000000000000000000","is_buy":true,"price_ticks":"5000","quantity":"10","minimum_quantity":"1","max_collateral":"1000000000000","deadline":"2000000000","may_trade_in_window":false,"epoch":"0","salt":"2","series":["1319836"]},"signature":"0x39900da80818064aaab295fee1c779ff18bcfc80bfe1210c395bf6e928404e394e7f365711a209d0e59251ca038c1eb657724995aa21586115664fc2b5aeba9e1b"}',0,99,'cancelled',2,'');
INSERT INTO "orders" VALUES(3,'0x773a81a04f7da6dadb4870fd07a1b677919bc2b1605ba1523fff05a5708311c1','31337:0xE9E9E9e9e9E9E9e9e9e9e9E9E9E9e9E9e9e9e9e9','forward','{"type":"hashrate-forwards-order","version":1,"chain_id":31337,"engine":"0xE9E9E9e9e9E9E9e9e9e9e9E9E9E9e9E9e9e9e9e9","order":{"maker":"0xAB935474B18B3eE73553a4CdeD038F8eF829b017","taker":"0x0000000000000000000000000000000000000000","is_buy":true,"price_ticks":"5000","quantity":"10","minimum_quantity":"1","max_collateral":"1000000000000","deadline":"2000000000","may_trade_in_window":false,"epoch":"0","salt":"3","series":["1319836"]},"signature":"0xfb3109058dbf1ae84e162d2936c9115a8e5efa4d92dd938ce9b2d7aa729c93711be174610ab7416ebe2968c27f6f742a2442f636e7bc6bbae329f670cfb2c5421b"}',0,NULL,'',4,'{"block": 98}');
CREATE TABLE schema_version (
	version INTEGER NOT NULL, kind VARCHAR NOT NULL DEFAULT '', 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(4,'relay');
CREATE TABLE trades (
	domain VARCHAR NOT NULL, 
	block INTEGER NOT NULL, 
	log_index INTEGER NOT NULL, 
	"transaction" VARCHAR NOT NULL, 
	time INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	market VARCHAR NOT NULL, 
	buyer VARCHAR NOT NULL, 
	seller VARCHAR NOT NULL, 
	price VARCHAR NOT NULL, 
	quantity VARCHAR NOT NULL, 
	cost VARCHAR NOT NULL, 
	PRIMARY KEY (domain, block, log_index)
);
INSERT INTO "trades" VALUES('31337:0xE9E9E9e9e9E9E9e9e9e9e9E9E9E9e9E9e9e9e9e9',91,0,'0xcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',1713699000,'forward','1319836','0x1111111111111111111111111111111111111111','0x2222222222222222222222222222222222222222','5000','3','');
CREATE INDEX orders_by_sequence ON orders (domain, sequence);
CREATE INDEX orders_by_dropping ON orders (dropped_block);
CREATE INDEX orders_by_change ON orders (domain, change);
CREATE INDEX trades_by_market ON trades (domain, market, block, log_index);
CREATE INDEX trades_by_time ON trades (domain, market, time);
COMMIT;
